# Measures of four counts: NSW (140/185 employed v 168/260), three tables of Newcombe (1998, table II) and small ones.
# Made with R 4.2.2, epitools 0.5.10.1 and effectsize 0.8.3: Rscript tests/reference/two_by_two.R
# The score intervals are made here from their definition: uniroot() finds the shares that fit best at a value, and then
# the value at which Pearson's chi-squared reaches its quantile. (epi.2by2 of epiR 2.0.57 gives that of the risk ratio
# for the transposed table; fisher.test stops at four digits, so that of the exact odds ratio its p-values are taken.)
suppressMessages({
  library(epitools)
  library(effectsize)
})
tables <- list(c(140, 185, 168, 260), c(56, 70, 48, 80), c(9, 10, 3, 10), c(6, 7, 2, 7), c(3, 31, 5, 40),
               c(1, 1000, 4, 900), c(12, 13, 15, 17), c(200, 5000, 150, 5000))
root <- function(f, low, high) uniroot(f, c(low, high), tol = 1e-15, maxiter = 10000)$root
around <- function(f, middle) c(root(f, middle - 8, middle), root(f, middle, middle + 8))

# Shares that fit best with p1 = link(p0), by the derivative of the likelihood; Pearson's chi-squared beside them.
statistic <- function(x, link, slope, low, high) {
  score <- function(p0) {
    p1 <- link(p0)
    slope(p0) * (x[1] - x[2] * p1) / (p1 * (1 - p1)) + (x[3] - x[4] * p0) / (p0 * (1 - p0))
  }
  p0 <- root(score, low + 1e-13, high - 1e-13)
  p1 <- link(p0)
  (x[1] - x[2] * p1)^2 / (x[2] * p1 * (1 - p1)) + (x[3] - x[4] * p0)^2 / (x[4] * p0 * (1 - p0))
}
of_difference <- function(x, d) statistic(x, function(p) p + d, function(p) 1, max(0, -d), min(1, 1 - d))
of_risk_ratio <- function(x, r) statistic(x, function(p) r * p, function(p) r, 0, min(1, 1 / r))
of_odds_ratio <- function(x, r) {
  statistic(x, function(p) r * p / (1 - p + r * p), function(p) r / (1 - p + r * p)^2, 0, 1)
}

rows <- list()
add <- function(x, level, measure, method, estimate, limits, error = NA, p = NA) {
  rows[[length(rows) + 1]] <<- data.frame(
    events_programme = x[1], n_programme = x[2], events_comparison = x[3], n_comparison = x[4], level, measure, method,
    estimate, lower = limits[1], upper = limits[2], standard_error = error, p_value = p)
}
for (x in tables) for (level in c(0.95, 0.8)) {
  n <- x[2] + x[4]
  p <- x[c(1, 3)] / x[c(2, 4)]
  d <- p[1] - p[2]
  most <- qchisq(level, 1)
  cells <- matrix(c(x[1], x[2] - x[1], x[3], x[4] - x[3]), 2, byrow = TRUE)
  test <- suppressWarnings(prop.test(x[c(1, 3)], x[c(2, 4)], correct = FALSE, conf.level = level))
  error <- sqrt(sum(p * (1 - p) / x[c(2, 4)]))

  wilson <- sapply(1:2, function(i) {
    suppressWarnings(prop.test(x[2 * i - 1], x[2 * i], correct = FALSE, conf.level = level)$conf.int)
  })
  newcombe <- d + c(-sqrt((p[1] - wilson[1, 1])^2 + (wilson[2, 2] - p[2])^2),
                    sqrt((wilson[2, 1] - p[1])^2 + (p[2] - wilson[1, 2])^2))
  add(x, level, "risk_difference", "newcombe", d, newcombe, error, test$p.value)
  shrunk <- function(v) of_difference(x, v) * (n - 1) / n - most
  add(x, level, "risk_difference", "miettinen_nurminen", d, c(root(shrunk, -1 + 1e-9, d), root(shrunk, d, 1 - 1e-9)),
      error, pchisq(test$statistic * (n - 1) / n, 1, lower.tail = FALSE))
  add(x, level, "risk_difference", "wald", d, test$conf.int, error, 2 * pnorm(-abs(d) / error))

  ratio <- p[1] / p[2]
  f <- function(v) of_risk_ratio(x, exp(v)) - most
  add(x, level, "risk_ratio", "koopman", ratio, exp(around(f, log(ratio))), sqrt(1 / x[1] - 1 / x[2] + 1 / x[3] - 1 / x[4]), test$p.value)
  # epitools has the comparison first, and those without an event.
  turned <- cells[2:1, 2:1]
  wald <- suppressWarnings(riskratio.wald(turned, conf.level = level)$measure[2, ])
  add(x, level, "risk_ratio", "log", wald[1], wald[2:3])

  ratio <- cells[1, 1] * cells[2, 2] / (cells[1, 2] * cells[2, 1])
  f <- function(v) of_odds_ratio(x, exp(v)) - most
  add(x, level, "odds_ratio", "score", ratio, exp(around(f, log(ratio))), sqrt(sum(1 / cells)), test$p.value)
  wald <- suppressWarnings(oddsratio.wald(turned, conf.level = level)$measure[2, ])
  add(x, level, "odds_ratio", "logit", wald[1], wald[2:3])
  tails <- sapply(c("less", "greater"), function(side) fisher.test(cells, alternative = side)$p.value)
  add(x, level, "odds_ratio", "conditional", NA, c(NA, NA), NA, min(1, 2 * min(tails)))

  h <- effectsize::cohens_h(t(cells), ci = level)
  add(x, level, "cohens_h", "arcsine", h$Cohens_h, c(h$CI_low, h$CI_high), sqrt(1 / x[2] + 1 / x[4]),
      2 * pnorm(-abs(h$Cohens_h) / sqrt(1 / x[2] + 1 / x[4])))
}
found <- do.call(rbind, rows)
numbers <- c("estimate", "lower", "upper", "standard_error", "p_value")
found[numbers] <- lapply(found[numbers], function(v) ifelse(is.na(v), "", formatC(v, digits = 15, format = "g", width = 1)))
write.csv(found, "tests/reference/two_by_two.csv", row.names = FALSE, quote = FALSE)
