# Rosenbaum's bounds of the exact test of McNemar. The first case is Hammond's (1964) of Rosenbaum (2002, section 4.3.2):
# of 122 pairs of a heavy smoker and a nonsmoker in which one died of lung cancer, the smoker in 110.
# Made with R 4.2.2: Rscript tests/reference/sensitivity.R
options(digits = 16)
cases <- list(c(110, 12), c(12, 110), c(38, 20), c(9, 1), c(4, 0), c(5, 5), c(1, 0), c(0, 7))
one <- function(pairs) {
  more <- max(pairs)
  n <- sum(pairs)
  gamma <- c(1, 1.5, 2, 3, 4, 5, 6)
  tail <- function(chance) sapply(chance, function(p) binom.test(more, n, p, alternative = "greater")$p.value)
  # The chance that is just not rejected is the lower limit of Clopper and Pearson.
  chance <- binom.test(more, n)$conf.int[1]
  data.frame(n_programme_higher = pairs[1], n_comparison_higher = pairs[2], gamma,
             p_lower = pmin(1, 2 * tail(1 / (1 + gamma))), p_upper = pmin(1, 2 * tail(gamma / (1 + gamma))),
             p_mcnemar = binom.test(more, n)$p.value, largest_gamma = chance / (1 - chance))
}
write.csv(do.call(rbind, lapply(cases, one)), "tests/reference/sensitivity.csv", row.names = FALSE, quote = FALSE)
