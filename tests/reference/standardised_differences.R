# Standardised differences as MatchIt gives them, of the cars of Motor Trend (1974) with a manual gearbox beside the
# others. Made with R 4.2.2 and MatchIt 4.5.1:
# Rscript tests/reference/standardised_differences.R
suppressMessages(library(MatchIt))
cars <- transform(mtcars, four = as.integer(cyl == 4))
variables <- c("mpg", "wt", "hp", "four")
# The denominator follows from the estimand: for ATT the treated, for ATE both groups.
differences <- function(estimand) {
  matched <- matchit(am ~ mpg + wt + hp + four, data = cars, method = NULL, estimand = estimand)
  summary(matched, standardize = TRUE)$sum.all[variables, "Std. Mean Diff."]
}
write.csv(cars[, c(variables, "am")], "tests/reference/cars.csv", row.names = FALSE)
found <- data.frame(variable = variables, programme = differences("ATT"), pooled = differences("ATE"))
write.csv(format(found, digits = 12), "tests/reference/standardised_differences.csv", row.names = FALSE, quote = FALSE)
