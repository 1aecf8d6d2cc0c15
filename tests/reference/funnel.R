# Control limits of shares, and over-dispersion. Made with R 4.2.2: Rscript tests/reference/funnel.R
# The exact limits are those of Spiegelhalter (2005, appendix A.1.1), by quantiles of the binomial distribution; z, the
# winsorised phi, tau2 and the limits with it are worked out as in FunnelPlotR for proportions ("PR").
options(digits = 16)
units <- read.csv("tests/reference/shares_of_units.csv")
exact <- function(p, target, n) {
  r <- qbinom(p, n, target)
  pmax(0, r - (pbinom(r, n, target) - p) / dbinom(r, n, target)) / n
}
wide <- function(p, target, n, tau2) sin(pmin(pmax(asin(sqrt(target)) + qnorm(p) * sqrt(1 / (4 * n) + tau2), 0), pi / 2))^2
cases <- expand.grid(target = c(0.01, 0.1068, 0.5, 0.93), n = c(1, 2, 10, 45, 450, 10200, 50270), level = c(0.8, 0.95, 0.998))
limits <- transform(cases, tau2 = 0.00025)
limits <- transform(limits, lower = exact((1 - level) / 2, target, n), upper = exact((1 + level) / 2, target, n),
                    lower_wide = wide((1 - level) / 2, target, n, tau2), upper_wide = wide((1 + level) / 2, target, n, tau2))
write.csv(limits, "tests/reference/funnel_limits.csv", row.names = FALSE, quote = FALSE)

numbers <- function(name, target, winsorise) {
  own <- units[units$data == name, ]
  if (is.na(target)) target <- sum(own$events) / sum(own$n)
  s <- 1 / (2 * sqrt(own$n))
  z <- (asin(sqrt(own$events / own$n)) - asin(sqrt(target))) / s
  ends <- quantile(z, c(winsorise, 1 - winsorise))
  k <- length(z)
  phi <- sum(pmin(pmax(z, ends[1]), ends[2])^2) / k
  w <- 1 / s^2
  tau2 <- if (k * phi < k - 1) 0 else (k * phi - (k - 1)) / (sum(w) - sum(w^2) / sum(w))
  data.frame(data = name, winsorise, target, dispersion = phi, tau2, z_first = z[1], z_sum = sum(z),
             n_below = sum(pbinom(own$events, own$n, target) < 0.025),
             n_above = sum(pbinom(own$events, own$n, target, lower.tail = FALSE) < 0.025))
}
write.csv(rbind(numbers("litters", NA, 0.1), numbers("litters", 0.4, 0), numbers("cities", NA, 0.1), numbers("cities", NA, 0.05),
                numbers("batters", NA, 0), numbers("batters", 0.3, 0.2)),
          "tests/reference/funnel_numbers.csv", row.names = FALSE, quote = FALSE)
