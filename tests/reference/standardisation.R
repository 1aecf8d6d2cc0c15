# Ratio of an observed count to an expected one as R's exact Poisson test gives it. Made with R 4.2.2:
# Rscript tests/reference/standardisation.R
options(digits = 16)
cases <- expand.grid(observed = c(0, 1, 3, 10, 108, 2500), expected = c(0.4, 3, 95.5, 2400), level = c(0.8, 0.95, 0.99))
one <- function(observed, expected, level) {
  p_value <- function(side) poisson.test(observed, T = expected, alternative = side)$p.value
  interval <- poisson.test(observed, T = expected, conf.level = level)$conf.int
  # poisson.test's own two-sided p-value belongs to another interval; that of the central one is twice the smaller tail.
  data.frame(observed, expected, level, lower = interval[1], upper = interval[2],
             p_value = min(1, 2 * min(p_value("less"), p_value("greater"))))
}
found <- do.call(rbind, Map(one, cases$observed, cases$expected, cases$level))
write.csv(found, "tests/reference/standardisation.csv", row.names = FALSE, quote = FALSE)
