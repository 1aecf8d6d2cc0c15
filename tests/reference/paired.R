# Signed-rank tests with zeros and ties: hand-made ladders of 31, 13 and 6 people, earnings of NSW before the programme
# (1974 and 1975; many without any), and seven pairs without ties.
# Made with R 4.2.2 and coin 1.4.2: Rscript tests/reference/paired.R (first .venv/bin/python -m tests.public_data).
suppressMessages(library(coin))
options(digits = 16)
nsw <- read.csv("build/public_data/nsw_mixtape.csv")
ladder <- list(
  "ladder 31" = cbind(c(1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 4, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 1, 2, 3, 6),
                      c(2, 3, 1, 2, 4, 5, 2, 3, 4, 3, 2, 5, 4, 5, 6, 1, 1, 2, 3, 2, 3, 1, 3, 4, 2, 5, 6, 1, 2, 6, 5)),
  "ladder 13" = cbind(c(1, 1, 2, 2, 3, 3, 3, 4, 4, 2, 1, 5, 2), c(2, 1, 2, 4, 4, 3, 6, 3, 4, 3, 1, 6, 2)),
  "ladder 6" = cbind(c(1, 2, 2, 3, 4, 1), c(1, 2, 3, 2, 4, 1)),
  "no ties" = cbind(c(10, 12, 9, 14, 8, 20, 11), c(11, 10, 12, 18, 13, 26, 4)),
  "nsw earnings" = cbind(nsw$re74, nsw$re75),
  "nsw last hundred" = tail(cbind(nsw$re74, nsw$re75), 100))
write.csv(do.call(rbind, lapply(names(ladder)[1:4], function(data) {
  data.frame(data, before = ladder[[data]][, 1], after = ladder[[data]][, 2])
})), "tests/reference/paired_ladders.csv", row.names = FALSE, quote = FALSE)
one <- function(data) {
  before <- ladder[[data]][, 1]
  after <- ladder[[data]][, 2]
  distribution <- if (length(before) > 100) asymptotic() else exact()
  test <- wilcoxsign_test(after ~ before, zero.method = "Pratt", distribution = distribution)
  changes <- matrix(c(0, sum(after > before), sum(after < before), 0), 2)
  data.frame(data, p_value = as.numeric(pvalue(test)), mcnemar = mcnemar.test(changes, correct = FALSE)$p.value)
}
found <- do.call(rbind, lapply(names(ladder), one))
stopifnot(all.equal(found$p_value[4], wilcox.test(ladder[[4]][, 2], ladder[[4]][, 1], paired = TRUE)$p.value))
found[2:3] <- lapply(found[2:3], function(v) formatC(v, digits = 15, format = "g"))
write.csv(found, "tests/reference/paired.csv", row.names = FALSE, quote = FALSE)
