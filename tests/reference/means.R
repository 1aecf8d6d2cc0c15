# Differences of means of real data: earnings in 1978 and age of the NSW experiment, age by sex of lung, and two hand-made
# groups of 3 and 5. Made with R 4.2.2, effectsize 0.8.3 and metafor 3.8.1: Rscript tests/reference/means.R
# (first .venv/bin/python -m tests.public_data). effectsize searches the noncentralities with optim(), to six
# digits or so; uniroot() on pt() finds them here.
suppressMessages({
  library(effectsize)
  library(metafor)
})
options(digits = 16)
nsw <- read.csv("build/public_data/nsw_mixtape.csv")
lung <- read.csv("build/public_data/lung.csv")
groups <- list(
  "nsw re78" = list(nsw$re78[nsw$treat == 1], nsw$re78[nsw$treat == 0]),
  "nsw age" = list(nsw$age[nsw$treat == 1], nsw$age[nsw$treat == 0]),
  "lung age" = list(lung$age[lung$sex == 1], lung$age[lung$sex == 2]),
  small = list(c(9, 4, 7), c(1, 3, 2.5, 2, 4)),
  opposite = list(c(0, 1, 0, 2), c(11, 10, 13, 12, 12.5)))
rows <- list()
add <- function(data, level, measure, estimate, limits, error, p) {
  rows[[length(rows) + 1]] <<- data.frame(data, level, measure, estimate, lower = limits[1], upper = limits[2],
                                          standard_error = error, p_value = p)
}
for (data in names(groups)) for (level in c(0.95, 0.8)) {
  x <- groups[[data]][[1]]
  y <- groups[[data]][[2]]
  welch <- t.test(x, y, conf.level = level)
  add(data, level, "mean_difference", mean(x) - mean(y), welch$conf.int, welch$stderr, welch$p.value)
  student <- t.test(x, y, var.equal = TRUE)
  t <- unname(student$statistic)
  df <- unname(student$parameter)
  root <- sqrt(1 / length(x) + 1 / length(y))
  # pt() warns far from the root, where it is 0 or 1.
  ncp <- function(tail) {
    distance <- function(d) suppressWarnings(pt(t, df, d)) - tail
    uniroot(distance, t + c(-1, 1) * (5 + abs(t)), tol = 1e-14, maxiter = 10000)$root
  }
  limits <- c(ncp((1 + level) / 2), ncp((1 - level) / 2)) * root
  d <- cohens_d(x, y, ci = level)
  g <- hedges_g(x, y, ci = level)
  stopifnot(abs(limits - c(d$CI_low, d$CI_high)) < 1e-5)
  add(data, level, "cohens_d", d$Cohens_d, limits, NA, student$p.value)
  smd <- escalc("SMD", m1i = mean(x), sd1i = sd(x), n1i = length(x), m2i = mean(y), sd2i = sd(y), n2i = length(y))
  add(data, level, "hedges_g", smd$yi[1], limits * g$Hedges_g / d$Cohens_d, sqrt(smd$vi), student$p.value)
}
found <- do.call(rbind, rows)
found[4:8] <- lapply(found[4:8], function(v) ifelse(is.na(v), "", formatC(v, digits = 15, format = "g", width = 1)))
write.csv(found, "tests/reference/means.csv", row.names = FALSE, quote = FALSE)
