# How often one group is above another, with ties: NSW earnings and schooling, lung performance by sex, spells of UnempDur
# by insurance, and a hand-made ladder of 31 and 40. Made with R 4.2.2, pROC 1.18.0 and effectsize 0.8.3:
# Rscript tests/reference/ranks.R (first .venv/bin/python -m tests.public_data).
# The variance of DeLong (pROC) is that of Brunner and Munzel.
suppressMessages({
  library(pROC)
  library(effectsize)
})
options(digits = 16)
read <- function(name) read.csv(paste0("build/public_data/", name, ".csv"))
nsw <- read("nsw_mixtape")
lung <- subset(read("lung"), !is.na(ph.karno))
spells <- read("unemp_dur")
ladder <- function(counts) rep(1:6, counts)
groups <- list(
  "nsw re78" = split(nsw$re78, nsw$treat == 1), "nsw educ" = split(nsw$educ, nsw$treat == 1),
  "lung ph.karno" = split(lung$ph.karno, lung$sex == 2), "spells" = split(spells$spell, spells$ui == "yes"),
  ladder = list("FALSE" = ladder(c(9, 12, 10, 6, 2, 1)), "TRUE" = ladder(c(2, 6, 9, 7, 4, 3))),
  "hardly any overlap" = list("FALSE" = ladder(c(20, 11, 0, 0, 0, 0)), "TRUE" = ladder(c(0, 1, 0, 10, 10, 10))))
one <- function(data, level) {
  x <- groups[[data]][["TRUE"]]
  y <- groups[[data]][["FALSE"]]
  curve <- roc(controls = y, cases = x, direction = "<", levels = c(0, 1))
  placed <- pROC:::delongPlacements(curve)
  parts <- c(var(placed$X) / length(x), var(placed$Y) / length(y))
  v <- var(curve, method = "delong")
  stopifnot(abs(v - sum(parts)) < 1e-12)
  df <- sum(parts)^2 / sum(parts^2 / (c(length(x), length(y)) - 1))
  p <- as.numeric(auc(curve))
  error <- sqrt(v) / (p * (1 - p))
  limits <- plogis(qlogis(p) + c(-1, 1) * qt((1 + level) / 2, df) * error)
  data.frame(data, level, estimate = p, lower = limits[1], upper = limits[2], standard_error = sqrt(v),
             p_value = 2 * pt(-abs(qlogis(p)) / error, df),
             cliffs_delta = cliffs_delta(x, y, verbose = FALSE)$r_rank_biserial)
}
found <- do.call(rbind, c(lapply(names(groups), one, level = 0.95), lapply(names(groups), one, level = 0.8)))
found[3:8] <- lapply(found[3:8], function(v) formatC(v, digits = 15, format = "g", width = 1))
write.csv(found, "tests/reference/ranks.csv", row.names = FALSE, quote = FALSE)
