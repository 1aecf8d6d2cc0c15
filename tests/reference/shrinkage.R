# Beta-binomial shares by maximum likelihood. Made with R 4.2.2, VGAM 1.1-7: Rscript tests/reference/shrinkage.R
# The top is found by optim() and polished by nlm() on lbeta; vglm() is another programme's. Of "cities" the likelihood
# rises with the precision for as far as it is looked at. The last
# columns average over the precision as _interval does, by integrate() in place of a grid.
options(digits = 16)
units <- read.csv("tests/reference/shares_of_units.csv")
loglik <- function(mean, precision, x, n) sum(lbeta(x + precision * mean, n - x + precision * (1 - mean)) -
                                              lbeta(precision * mean, precision * (1 - mean)))
fit <- function(own) {
  f <- function(theta) -loglik(plogis(theta[1]), exp(theta[2]), own$events, own$n)
  starts <- lapply(c(0, 3, 6), function(m) optim(c(qlogis(sum(own$events) / sum(own$n)), m), f, method = "BFGS",
                                                 control = list(reltol = 1e-15, maxit = 1000)))
  best <- starts[[which.min(sapply(starts, `[[`, "value"))]]
  nlm(f, best$par, gradtol = 1e-12, steptol = 1e-14)$estimate
}
of_vgam <- function(own) {
  found <- suppressWarnings(VGAM::vglm(cbind(own$events, own$n - own$events) ~ 1, VGAM::betabinomial, epsilon = 1e-12, maxit = 200))
  theta <- VGAM::coef(found)
  c(plogis(theta[[1]]), 1 / plogis(theta[[2]]) - 1)
}
# Mean and variance of the share of one unit, over the precision (log scale) and the mean (normal around its top).
averaged <- function(own, from, to) {
  typical <- nrow(own) / sum(1 / own$n)
  at <- function(log_precision) {
    m <- exp(log_precision)
    top <- optimize(function(p) loglik(p, m, own$events, own$n), c(1e-6, 1 - 1e-6), maximum = TRUE, tol = 1e-12)
    mean <- top$maximum
    a <- m * mean
    b <- m - a
    information <- m^2 * sum(trigamma(a) - trigamma(own$events + a) + trigamma(b) - trigamma(own$n - own$events + b))
    list(mean = mean, information = information,
         weight = top$objective - log(information * (mean * (1 - mean))^2) / 2 + log_precision - 2 * log(m + typical))
  }
  highest <- max(sapply(seq(from, to, length.out = 200), function(l) at(l)$weight))
  unit <- own[1, ]
  integral <- function(power) integrate(Vectorize(function(l) {
    found <- at(l)
    share <- unit$n / (unit$n + exp(l))
    mean <- share * unit$events / unit$n + (1 - share) * found$mean
    variance <- mean * (1 - mean) / (exp(l) + unit$n + 1) + (1 - share)^2 / found$information
    exp(found$weight - highest) * c(1, mean, variance + mean^2)[power]
  }), from, to, subdivisions = 2000, rel.tol = 1e-9)$value
  total <- integral(1)
  mean <- integral(2) / total
  variance <- integral(3) / total - mean^2
  precision <- mean * (1 - mean) / variance - 1
  qbeta(c(0.025, 0.975), precision * mean, precision * (1 - mean))
}
rows <- lapply(c("litters", "batters", "drawn", "cities"), function(name) {
  own <- units[units$data == name, ]
  theta <- fit(own)
  found <- if (name == "cities") c(sum(own$events) / sum(own$n), Inf) else c(plogis(theta[1]), exp(theta[2]))
  other <- if (name == "cities") c(NA, NA) else of_vgam(own)
  ends <- if (name %in% c("litters", "drawn")) averaged(own, log(found[2]) - 3, log(found[2]) + 3) else averaged(own, log(1e-3), log(1e3 * max(own$n)))
  shrunken <- if (name == "cities") found[1] else (found[1] * found[2] + own$events[1]) / (found[2] + own$n[1])
  data.frame(data = name, mean = found[1], precision = found[2], mean_vgam = other[1], precision_vgam = other[2],
             highest = loglik(found[1], min(found[2], 1e7), own$events, own$n),
             shrunken_first = shrunken, lower_first = ends[1], upper_first = ends[2])
})
# The likelihood of "cities" at precisions that are ever higher: it rises.
own <- units[units$data == "cities", ]
rises <- sapply(10^(0:7), function(m) optimize(function(p) loglik(p, m, own$events, own$n), c(1e-6, 0.5), maximum = TRUE)$objective)
stopifnot(all(diff(rises) > 0))
write.csv(do.call(rbind, rows), "tests/reference/shrinkage.csv", row.names = FALSE, quote = FALSE)
