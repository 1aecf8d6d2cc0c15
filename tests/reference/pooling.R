# Random-effects pooling as metafor gives it, of trials and studies that were published (metadat), and of sites made up
# for the edges. Made with R 4.2.2, metafor 3.8.1 and metadat 1.2.0:
# Rscript tests/reference/pooling.R
suppressMessages({library(metafor); library(metadat)})
options(digits = 16, warn = -1)
trials <- function(measure, data) escalc(measure, ai = tpos, bi = tneg, ci = cpos, di = cneg, data = data)
bcg <- dat.bcg                                                # Colditz et al. (1994): 13 trials
lidocaine <- escalc("RD", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = dat.hine1989)  # Hine et al. (1989): 6 trials
made_up <- function(estimates, errors) data.frame(yi = estimates, vi = errors^2)
sets <- list(
  bcg_log_rr = trials("RR", bcg),
  bcg_rd = trials("RD", bcg),
  bcg_log_or = trials("OR", bcg),
  lidocaine_rd = lidocaine,
  teachers_smd = dat.raudenbush1985,                          # Raudenbush (1984): 19 experiments
  stroke_days = escalc("MD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i,
                       data = dat.normand1999),               # Normand (1999): 9 studies
  two_apart = made_up(c(0.02, 0.30), c(0.05, 0.08)),
  two_near = made_up(c(0.10, 0.12), c(0.05, 0.08)),
  all_equal = made_up(c(0.1, 0.1, 0.1), c(0.05, 0.1, 0.2)),
  one_precise = made_up(c(0.05, 0.12, -0.08, 0.20), c(0.001, 0.06, 0.05, 0.09)),
  few_close = made_up(c(0.061, 0.058, 0.064, 0.060), c(0.03, 0.04, 0.05, 0.03)),
  small_unit = made_up(c(1e-6, 3e-6, -2e-6, 5e-6), c(1e-6, 1e-6, 2e-6, 1.5e-6))
)
exact <- function(data) list(threshold = 1e-15 * max(diff(range(data$yi))^2, min(data$vi)), maxiter = 1e5,
                             tol = 1e-18, tau2.max = 1e6 * max(diff(range(data$yi))^2, max(data$vi)))
one <- function(name, method, test) {
  data <- sets[[name]]
  fit <- rma(yi, vi, data = data, method = method, test = test, control = exact(data))
  ahead <- predict(fit)
  between <- confint(fit, control = exact(data))$random["tau^2", ]
  data.frame(set = name, method, test, mean = as.vector(fit$beta), standard_error = fit$se, p_value = fit$pval,
             lower = fit$ci.lb, upper = fit$ci.ub, prediction_lower = ahead$pi.lb, prediction_upper = ahead$pi.ub,
             tau2 = fit$tau2, tau2_lower = between[["ci.lb"]], tau2_upper = between[["ci.ub"]], i2 = fit$I2 / 100,
             q = fit$QE, q_p_value = fit$QEp)
}
sites <- function(name) {
  data <- sets[[name]]
  shrunken <- blup(rma(yi, vi, data = data, test = "adhoc", control = exact(data)))
  data.frame(set = name, estimate = as.vector(data$yi), standard_error = sqrt(data$vi), shrunken = shrunken$pred,
             shrunken_error = shrunken$se, lower = shrunken$pi.lb, upper = shrunken$pi.ub)
}
cases <- expand.grid(test = c("z", "knha", "adhoc"), method = c("REML", "PM", "DL"), set = names(sets),
                     stringsAsFactors = FALSE)
found <- do.call(rbind, Map(one, cases$set, cases$method, cases$test))
write.csv(found, "tests/reference/pooling.csv", row.names = FALSE, quote = FALSE)
write.csv(do.call(rbind, lapply(names(sets), sites)), "tests/reference/pooling_sites.csv", row.names = FALSE,
          quote = FALSE)
