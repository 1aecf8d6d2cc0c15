# Power, wrong signs and exaggeration of the test of two shares, by every pair of counts. Made with R 4.2.2:
# Rscript tests/reference/power.R
options(digits = 16)
cases <- rbind(
  expand.grid(base_share = c(0.05, 0.14, 0.4), difference = c(-0.03, 0.02, 0.05, 0.09), n1 = c(31, 270), n0 = c(31, 270),
              level = c(0.9, 0.95)),
  data.frame(base_share = 0.5, difference = 0.2, n1 = 100, n0 = 726, level = 0.99))
exact <- function(base_share, difference, n1, n0, level) {
  pairs <- expand.grid(x1 = 0:n1, x0 = 0:n0)
  found <- pairs$x1 / n1 - pairs$x0 / n0
  both <- (pairs$x1 + pairs$x0) / (n1 + n0)
  is_shown <- abs(found) > qnorm((1 + level) / 2) * sqrt(both * (1 - both) * (1 / n1 + 1 / n0))
  chance <- dbinom(pairs$x1, n1, base_share + difference) * dbinom(pairs$x0, n0, base_share)
  power <- sum(chance[is_shown])
  data.frame(base_share, difference, n_programme = n1, n_comparison = n0, level, power,
             wrong_sign = sum(chance[is_shown & sign(found) == -sign(difference)]) / power,
             exaggeration = sum((chance * abs(found))[is_shown]) / power / abs(difference))
}
write.csv(do.call(rbind, Map(exact, cases$base_share, cases$difference, cases$n1, cases$n0, cases$level)),
          "tests/reference/power.csv", row.names = FALSE, quote = FALSE)
