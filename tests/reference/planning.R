# Sample sizes and detectable differences of two shares as power.prop.test gives them. Made with R 4.2.2:
# Rscript tests/reference/planning.R
options(digits = 16)
shares <- expand.grid(base_share = c(0.05, 0.14, 0.25, 0.4, 0.9), power = c(0.5, 0.8, 0.9), level = c(0.9, 0.95))
needed <- function(base_share, power, level) {
  difference <- c(-0.04, 0.02, 0.07)
  n <- sapply(base_share + difference, function(share)
    power.prop.test(p1 = base_share, p2 = share, power = power, sig.level = 1 - level, tol = 1e-13)$n)
  data.frame(base_share, power, level, difference, n)
}
# The share at which the power is as asked for, on either side; none where it is less at 0 or 1.
detectable <- function(base_share, power, level, n) {
  short <- function(share) power.prop.test(n, base_share, share, sig.level = 1 - level)$power - power
  on_side <- function(end) if (short(end) < 0) NA else
    uniroot(short, sort(c(base_share + sign(end - base_share) * 1e-4, end)), tol = 1e-14)$root - base_share
  data.frame(base_share, power, level, n, rise = on_side(1), fall = on_side(0))
}
write.csv(do.call(rbind, Map(needed, shares$base_share, shares$power, shares$level)),
          "tests/reference/planning_sizes.csv", row.names = FALSE, quote = FALSE)
groups <- merge(shares, data.frame(n = c(31, 100, 200, 270)))
write.csv(do.call(rbind, Map(detectable, groups$base_share, groups$power, groups$level, groups$n)),
          "tests/reference/planning_differences.csv", row.names = FALSE, quote = FALSE)
