# Curves, restricted means, hazard ratios and log-rank tests as survival and cmprsk give them, of the spells without a job
# of McCall (1996, Econometrica 64:647; UnempDur of Ecdat, times in two weeks) and of NCCTG's lung cancer patients.
# Made with R 4.2.2, survival 3.5-3 and cmprsk 2.2-11:
# python -m tests.public_data && Rscript tests/reference/durations.R
suppressMessages({library(survival); library(cmprsk)})
options(digits = 15)
spells <- read.csv("build/public_data/unemp_dur.csv")
spells$cause <- with(spells, ifelse(censor1 == 1, 1, ifelse(censor2 == 1, 2, ifelse(censor3 == 1, 3, 0))))
spells$event <- spells$cause > 0
spells$ui <- spells$ui == "yes"
# Weights as an adjustment could give them, from what stands in the file.
spells$weight <- 0.5 + spells$age / 50
lung <- read.csv("build/public_data/lung.csv")
lung$event <- lung$status == 2
at <- c(2, 6, 13, 26)
rows <- list()
add <- function(...) rows[[length(rows) + 1]] <<- data.frame(...)

survival_at <- function(what, fit, times) {
  found <- summary(fit, times = times)
  add(what = what, cause = "", time = times, estimate = found$surv, standard_error = found$std.err,
      lower = found$lower, upper = found$upper, n_at_risk = if (is.null(fit$n.risk)) NA else found$n.risk)
}
incidence_at <- function(what, fit, times) {
  found <- summary(fit, times = times)
  for (cause in 1:3) {
    at <- which(fit$states == as.character(cause))
    add(what = what, cause = cause, time = times, estimate = found$pstate[, at], standard_error = found$std.err[, at],
        lower = found$lower[, at], upper = found$upper[, at], n_at_risk = rowSums(found$n.risk))
  }
}
states <- function(data) factor(data$cause, 0:3, c("censored", "1", "2", "3"))

survival_at("km", survfit(Surv(spell, event) ~ 1, spells, conf.type = "log-log"), at)
survival_at("km lung 1", survfit(Surv(time, event) ~ 1, lung[lung$sex == 1, ], conf.type = "log-log"), c(100, 365, 730))
survival_at("km lung 2", survfit(Surv(time, event) ~ 1, lung[lung$sex == 2, ], conf.type = "log-log"), c(100, 365, 730))
late <- spells[spells$spell > 2, ]
survival_at("km late", survfit(Surv(rep(2, nrow(late)), spell, event) ~ 1, late, conf.type = "log-log"), c(6, 13))
survival_at("km weighted", survfit(Surv(spell, event) ~ 1, spells, weights = weight, id = seq_len(nrow(spells)),
                                   robust = TRUE, conf.type = "log-log"), at)
incidence_at("cif", survfit(Surv(spell, states(spells)) ~ 1, spells, conf.type = "log-log"), at)
for (ui in c(FALSE, TRUE)) {
  some <- spells[spells$ui == ui, ]
  incidence_at(paste("cif ui", ui), survfit(Surv(spell, states(some)) ~ 1, some, conf.type = "log-log"), at)
}
incidence_at("cif weighted", survfit(Surv(spell, states(spells)) ~ 1, spells, weights = weight,
                                     id = seq_len(nrow(spells)), conf.type = "log-log"), at)
# Who enters late, at a time of their own: every third at 1, at 2 or from the start.
mixed <- transform(spells, entry = seq_len(nrow(spells)) %% 3)
mixed <- mixed[mixed$spell > mixed$entry, ]
incidence_at("cif late", survfit(Surv(entry, spell, states(mixed)) ~ 1, mixed, id = seq_len(nrow(mixed)), conf.type = "log-log"), at)
incidence_at("cif late weighted", survfit(Surv(entry, spell, states(mixed)) ~ 1, mixed, weights = weight,
                                          id = seq_len(nrow(mixed)), conf.type = "log-log"), at)
# With entries at different times survfit has the variance of the other curves when robust is asked for.
survival_at("km late mixed", survfit(Surv(entry, spell, event) ~ 1, mixed, id = seq_len(nrow(mixed)), robust = TRUE,
                                     conf.type = "log-log"), at)
curves <- do.call(rbind, rows)

aalen <- timepoints(cuminc(spells$spell, spells$cause), at)
numbers <- data.frame(what = character(), estimate = numeric(), standard_error = numeric(), p_value = numeric())
say <- function(what, estimate, standard_error = NA, p_value = NA)
  numbers[nrow(numbers) + 1, ] <<- list(what, estimate, standard_error, p_value)
for (k in seq_along(at)) say(paste("aalen variance", at[k]), aalen$var[1, k])
for (horizon in c(13, 26)) for (ui in c(FALSE, TRUE)) {
  found <- summary(survfit(Surv(spell, event) ~ 1, spells[spells$ui == ui, ]), rmean = horizon)$table
  say(paste("rmst", horizon, ui), found["rmean"], found["se(rmean)"])
}
cox <- function(what, formula, data) {
  found <- summary(coxph(formula, data, ties = "efron"))$coefficients[1, ]
  say(what, exp(found["coef"]), found["se(coef)"], found["Pr(>|z|)"])
}
cox("cox ui", Surv(spell, cause == 1) ~ ui, spells)
cox("cox ui adjusted", Surv(spell, cause == 1) ~ ui + reprate + disrate + logwage + tenure + age, spells)
cox("cox late", Surv(rep(2, nrow(late)), spell, event) ~ ui, late)
cox("cox late mixed", Surv(entry, spell, event) ~ ui, mixed)
cox("cox lung", Surv(time, event) ~ sex == 2, lung)
test <- function(what, formula, data) {
  found <- survdiff(formula, data)
  say(what, found$chisq, length(found$n) - 1, pchisq(found$chisq, length(found$n) - 1, lower.tail = FALSE))
}
test("logrank ui", Surv(spell, event) ~ ui, spells)
test("logrank lung", Surv(time, event) ~ sex, lung)
test("logrank lung ph.ecog", Surv(time, event) ~ ph.ecog, lung[lung$ph.ecog < 3 & !is.na(lung$ph.ecog), ])
few <- data.frame(time = c(1, 5, 6, 7, 8), event = c(0, 1, 1, 1, 1), group = c("c", "a", "b", "a", "b"))
found <- survdiff(Surv(time, event) ~ group, few)  # nobody of c is at risk at an event
say("logrank without c", found$chisq, 1, pchisq(found$chisq, 1, lower.tail = FALSE))
# survdiff gives one test over strata.
found <- survdiff(Surv(time, event) ~ sex + strata(ph.ecog), lung[!is.na(lung$ph.ecog), ])
say("logrank lung stratified", found$chisq, 1, pchisq(found$chisq, 1, lower.tail = FALSE))
write.csv(format(curves, digits = 15), "tests/reference/duration_curves.csv", row.names = FALSE, quote = FALSE)
write.csv(format(numbers, digits = 15), "tests/reference/duration_numbers.csv", row.names = FALSE, quote = FALSE)
