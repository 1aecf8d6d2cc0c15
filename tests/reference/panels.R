# Places before and after a programme: two-way fixed effects, stacked comparisons, synthetic controls and segmented
# regression, with R's own least squares, clusters, quadratic programme and Newey-West. Data: causaldata's castle and
# texas (build/public_data, made by python -m tests.public_data), R's Nile, and R's Seatbelts (Harvey & Durbin 1986), of
# which the drivers killed or seriously injured are written to panels_seatbelts.csv. Made with R 4.2.2, sandwich 3.0.2,
# plm 2.6.2, quadprog 1.5.8 and lmtest 0.9.40:
# Rscript tests/reference/panels.R
suppressMessages({library(sandwich); library(plm); library(quadprog); library(lmtest)})
options(digits = 15)
found <- list()
keep <- function(name, value) found[[name]] <<- as.numeric(value)

# Castle doctrine: laws that began in 2006 to 2010 in 21 of 50 states.
castle <- read.csv("build/public_data/castle.csv")[, c("sid", "year", "l_homicide", "post", "popwt")]
start <- tapply(ifelse(castle$post == 1, castle$year, Inf), castle$sid, min)
castle$start <- start[as.character(castle$sid)]
castle$one <- 1
clustered <- function(fit, data, term) sqrt(vcovCL(fit, cluster = data$sid, type = "HC1")[term, term])

# 1. Two-way fixed effects, all states (staggered) and the 13 of 2007 beside those without a law.
same_start <- subset(castle, start %in% c(2007, Inf))
for (name in c("staggered", "same_start")) for (weight in c("popwt", "one")) {
  data <- if (name == "staggered") castle else same_start
  data$weight <- data[[weight]]
  fit <- lm(l_homicide ~ factor(sid) + factor(year) + post, data = data, weights = weight)
  keep(paste("two_way", name, weight, sep = "_"), coef(fit)["post"])
  keep(paste("two_way_error", name, weight, sep = "_"), clustered(fit, data, "post"))
}
within <- plm(l_homicide ~ post, data = castle, index = c("sid", "year"), model = "within", effect = "twoways")
stopifnot(all.equal(found$two_way_staggered_one, unname(coef(within))))

# 2. Each start beside the states without a law, put together as Callaway & Sant'Anna (2021) do: the influence of a
# state on the mean effect is its influence on the effect of each start (from the regression of that start), times the
# share of that start, and its influence on these shares, which are estimated.
influence <- function(fit, sid, contrast) {
  scores <- estfun(fit) %*% (bread(fit) / nobs(fit))
  rowsum(scores %*% contrast, sid)
}
# The data and the regression of one start beside the states without a law: a coefficient for each year.
beside <- function(of, from, weight) {
  data <- rbind(of, subset(castle, is.infinite(start)))
  data$weight <- data[[weight]]
  years <- setdiff(2000:2010, from - 1)
  here <- sapply(years, function(year) (data$sid %in% of$sid) * (data$year == year))
  colnames(here) <- paste0("k", years)
  fit <- lm(l_homicide ~ factor(sid) + factor(year) + here, data = cbind(data, here = I(here)), weights = weight)
  list(fit = fit, sid = data$sid, years = years)
}
# The contrast of these coefficients: mean after minus mean before, or one period.
picked <- function(side, from, k) {
  names <- names(coef(side$fit))
  contrast <- setNames(numeric(length(names)), names)
  at <- paste0("herek", side$years)
  if (is.null(k)) {
    before <- side$years < from
    contrast[at[before]] <- -1 / (from - 2000)
    contrast[at[!before]] <- 1 / (2011 - from)
  } else if (k != -1) contrast[paste0("herek", from + k)] <- 1
  contrast
}
stacked <- function(weight, k = NULL, coefficients = 1) {
  of_state <- tapply(castle[[weight]], castle$sid, function(w) w[1])
  begin <- start[names(of_state)]
  at <- begin + (if (is.null(k)) 0 else k)
  is_seen <- is.finite(begin) & at >= 2000 & at <= 2010
  counts <- ifelse(is_seen, of_state * (if (is.null(k)) 2011 - begin else 1), 0)
  starts <- sort(unique(begin[is_seen]))
  share <- sapply(starts, function(from) sum(counts[begin == from])) / sum(counts)
  sides <- lapply(starts, function(from) beside(castle[castle$start == from, ], from, weight))
  effects <- mapply(function(side, from) sum(coef(side$fit) * picked(side, from, k)), sides, starts)
  estimate <- sum(share * effects)
  total <- setNames(numeric(length(of_state)), names(of_state))
  for (g in seq_along(starts)) {
    of_effect <- influence(sides[[g]]$fit, sides[[g]]$sid, picked(sides[[g]], starts[g], k))[, 1]
    total[names(of_effect)] <- total[names(of_effect)] + share[g] * of_effect
    of_share <- (counts * (begin == starts[g]) - counts * share[g]) / sum(counts)
    total <- total + effects[g] * of_share
  }
  n <- nrow(castle)
  factor <- 50 / 49 * (n - 1) / (n - (50 + 11 - 1 + coefficients))
  c(estimate = estimate, standard_error = sqrt(factor * sum(total^2)))
}
for (weight in c("popwt", "one")) {
  both <- stacked(weight)
  keep(paste("stacked", weight, sep = "_"), both["estimate"])
  keep(paste("stacked_error", weight, sep = "_"), both["standard_error"])
}

# 3. Event studies: all states, and the regression of the 13 states of 2007.
since <- setdiff(-10:4, -1)
rows <- data.frame(design = "staggered", since_start = since, t(sapply(since, function(k) stacked("popwt", k, 14))))
side <- beside(subset(castle, start == 2007), 2007, "popwt")
terms <- paste0("herek", side$years)
variances <- diag(vcovCL(side$fit, cluster = side$sid, type = "HC1"))
rows <- rbind(rows, data.frame(design = "same_start", since_start = side$years - 2007,
                               estimate = unname(coef(side$fit)[terms]),
                               standard_error = unname(sqrt(variances[terms]))))
write.csv(format(rows, digits = 15), "tests/reference/panels_event_study.csv", row.names = FALSE, quote = FALSE)

# 4. Synthetic Texas: its black prisoners, prisons from 1993 on (Cunningham & Kang). Six states with which the
# quadratic programme is positive definite; with all fifty it needs a ridge.
texas <- read.csv("build/public_data/texas.csv")
wide <- xtabs(bmprison ~ year + state, data = texas) / 1000
before <- rownames(wide) < 1993
nearest <- function(others, ridge = 0) {
  away <- wide[before, others] - wide[before, "Texas"]
  J <- length(others)
  solve.QP(crossprod(away) + ridge * diag(J), numeric(J), cbind(1, diag(J)), c(1, numeric(J)), meq = 1)$solution
}
few <- c("California", "Florida", "Georgia", "Illinois", "New York", "Ohio")
weights <- data.frame(state = few, weight = nearest(few))
write.csv(format(weights, digits = 15), "tests/reference/panels_weights.csv", row.names = FALSE, quote = FALSE)
gap <- 1000 * (wide[, "Texas"] - wide[, few] %*% weights$weight)
keep("texas_few_pre_rmspe", sqrt(mean(gap[before]^2)))
keep("texas_few_mean_gap", mean(gap[!before]))
all <- setdiff(colnames(wide), "Texas")
gap <- 1000 * (wide[, "Texas"] - wide[, all] %*% nearest(all, 1e-9))
keep("texas_all_pre_rmspe", sqrt(mean(gap[before]^2)))
keep("texas_all_mean_gap", mean(gap[!before]))

# 5. Seat belts: compulsory from February 1983, month 170 of 192. And the Nile at Aswan, with its dam from 1899 on,
# without a season and, for the arithmetic, with one of five years.
segmented <- function(name, outcome, time, starts, season = NULL) {
  since <- time - starts
  after <- as.integer(since >= 0)
  fit <- lm(outcome ~ since + after + after:since)
  if (!is.null(season)) fit <- update(fit, . ~ . + factor((seq_along(outcome) - 1) %% season))
  covariance <- NeweyWest(fit, lag = 4, prewhite = FALSE, adjust = TRUE)
  tested <- coeftest(fit, vcov. = covariance, df = df.residual(fit))
  for (term in c("after", "since:after")) {
    keep(paste(name, term, sep = "_"), tested[term, 1])
    keep(paste(name, term, "error", sep = "_"), tested[term, 2])
    keep(paste(name, term, "p", sep = "_"), tested[term, 4])
  }
  keep(paste(name, "durbin_watson", sep = "_"), dwtest(fit)$statistic)
  lags <- if (is.null(season)) 4 else season
  keep(paste(name, "ljung_box", sep = "_"), Box.test(resid(fit), lag = lags, type = "Ljung-Box")$p.value)
  old <- model.matrix(fit)
  old[, c("after", "since:after")] <- 0
  half <- qt(0.975, df.residual(fit)) * sqrt(rowSums((old %*% covariance) * old))
  keep(paste(name, "last_fitted", sep = "_"), tail(fitted(fit), 1))
  keep(paste(name, "last_counterfactual", sep = "_"), tail(old %*% coef(fit), 1))
  keep(paste(name, "last_lower", sep = "_"), tail(old %*% coef(fit) - half, 1))
}
drivers <- as.numeric(Seatbelts[, "drivers"])
month <- 1:192
segmented("seatbelts", drivers, month, 170, season = 12)
segmented("nile", as.numeric(Nile), 1871:1970, 1899)
segmented("five", as.numeric(Nile), 1871:1970, 1899, season = 5)
write.csv(data.frame(month = month, drivers = drivers), "tests/reference/panels_seatbelts.csv", row.names = FALSE)
found <- data.frame(quantity = names(found), value = formatC(unlist(found), digits = 15, format = "g"))
write.csv(found, "tests/reference/panels.csv", row.names = FALSE, quote = FALSE)
