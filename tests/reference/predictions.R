# What is still to come of a count, the chance of a target, and how much counts swing. Made with R 4.2.2:
# Rscript tests/reference/predictions.R
options(digits = 16)
cases <- expand.grid(events = c(0, 7, 84, 508), exposure = c(6, 22.5), ahead = c(2, 18), dispersion = c(1, 2.5))
nb <- function(events, exposure, ahead, dispersion) {
  mean <- (events + 0.5) * ahead / exposure
  variance <- dispersion * mean * (1 + ahead / exposure)
  list(mu = mean, size = mean^2 / (variance - mean))
}
rest <- do.call(rbind, Map(function(events, exposure, ahead, dispersion) {
  found <- nb(events, exposure, ahead, dispersion)
  data.frame(events, exposure, ahead, dispersion, mean = found$mu,
             lower = qnbinom(0.025, found$size, mu = found$mu), upper = qnbinom(0.975, found$size, mu = found$mu),
             at_least_20 = pnbinom(19, found$size, mu = found$mu, lower.tail = FALSE))
}, cases$events, cases$exposure, cases$ahead, cases$dispersion))
write.csv(rest, "tests/reference/predictions.csv", row.names = FALSE, quote = FALSE)

# More than usual: the sum over all pairs of counts.
pairs <- expand.grid(counted = c(40, 130), before = c(30, 174), dispersion = c(1, 3), target = c(5, 40))
extra <- do.call(rbind, Map(function(counted, before, dispersion, target) {
  ahead <- nb(counted, 18, 6, dispersion)
  usual <- nb(before, 24, 23, dispersion)
  y <- 0:600
  u <- 0:3000
  chance <- outer(dnbinom(y, ahead$size, mu = ahead$mu), dnbinom(u, usual$size, mu = usual$mu))
  value <- counted + outer(y, u, "-")
  at <- sort(unique(as.vector(value)))
  so_far <- cumsum(tapply(as.vector(chance), factor(as.vector(value), levels = at), sum))
  data.frame(counted, before, dispersion, target, mean = counted + ahead$mu - usual$mu,
             lower = at[which(so_far >= 0.025)[1]], upper = at[which(so_far >= 0.975)[1]],
             chance = sum(chance[value >= target]))
}, pairs$counted, pairs$before, pairs$dispersion, pairs$target))
write.csv(extra, "tests/reference/predictions_extra.csv", row.names = FALSE, quote = FALSE)

counts <- list(quarters = c(50, 55, 62, 52, 48, 52, 151, 105), months = c(12, 9, 14, 7), alike = c(10, 11, 9, 10, 10))
times <- list(quarters = c(2, 2.1, 2, 1.9, 2, 2, 2.2, 2), months = c(1, 1, 2, 1), alike = rep(3, 5))
swings <- do.call(rbind, lapply(names(counts), function(name) {
  fit <- glm(n ~ 1 + offset(log(time)), family = quasipoisson, data = data.frame(n = counts[[name]], time = times[[name]]),
             control = list(epsilon = 1e-14))
  data.frame(name, n = paste(counts[[name]], collapse = " "), time = paste(times[[name]], collapse = " "),
             dispersion = summary(fit)$dispersion)
}))
write.csv(swings, "tests/reference/predictions_swings.csv", row.names = FALSE, quote = FALSE)
