# Public counts of units, for funnel.R, shrinkage.R and their tests. Made with R 4.2.2:
# Rscript tests/reference/shares_of_units.R
# litters: dead foetuses of rats (Shepard, Mackler & Finch 1980; Moore & Tsiatis 1991), VGAM 1.1-7. cities: deaths of stomach
# cancer in Missouri (Tsutakawa, Shoop & Marienfeld 1985), LearnBayes 2.15.1. batters: hits in 45 at bats (Efron & Morris
# 1975, table 1). drawn: of a known truth, with sizes as municipalities have.
data("lirat", package = "VGAM")
data("cancermortality", package = "LearnBayes")
set.seed(20)
n <- round(exp(runif(60, log(10), log(50000))))
write.csv(rbind(
  data.frame(data = "litters", events = lirat$R, n = lirat$N),
  data.frame(data = "cities", events = cancermortality$y, n = cancermortality$n),
  data.frame(data = "batters", events = c(18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7), n = 45),
  data.frame(data = "drawn", events = rbinom(60, n, rbeta(60, 0.11 * 400, 0.89 * 400)), n = n)),
  "tests/reference/shares_of_units.csv", row.names = FALSE, quote = FALSE)
