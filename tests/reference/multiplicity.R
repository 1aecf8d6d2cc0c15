# Adjusted p-values. Made with R 4.2.2: Rscript tests/reference/multiplicity.R
options(digits = 16)
families <- list(c(0.01, 0.02, 0.03, 0.04, 0.05, 0.2), c(0.04, 0.001, 0.9, 0.04, 0.3, 0, 0.02), 0.03, c(1, 1, 0.5),
                 (20:1 / 25)^3)
one <- function(family) {
  p <- families[[family]]
  data.frame(family, p, holm = p.adjust(p, "holm"), bh = p.adjust(p, "BH"))
}
write.csv(do.call(rbind, lapply(seq_along(families), one)), "tests/reference/multiplicity.csv", row.names = FALSE)
