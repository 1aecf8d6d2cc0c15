# Adjustment for covariates on LaLonde's data (1986; Dehejia & Wahba 1999): 185 participants of the NSW training programme
# beside its 260 controls ("nsw"), and beside 15,992 people of the CPS ("cps"). Made with R 4.2.2, survey 4.1.1,
# Matching 4.10.8, MatchIt 4.5.1, numDeriv and nleqslv:
# .venv/bin/python -m tests.public_data && Rscript tests/reference/adjustment.R
suppressMessages({ library(survey); library(Matching); library(MatchIt); library(numDeriv); library(nleqslv) })
extended <- function(d) transform(d, age2 = age^2 / 100, age3 = age^3 / 1e4, educ2 = educ^2, educ_re74 = educ * re74,
                                  u74 = as.integer(re74 == 0), u75 = as.integer(re75 == 0), work = as.integer(re78 > 0))
nsw <- extended(read.csv("build/public_data/nsw_mixtape.csv"))
cps <- rbind(nsw[nsw$treat == 1, ], extended(read.csv("build/public_data/cps_mixtape.csv")))
covariates <- list(
  eleven = c("age", "age2", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75", "u74", "u75"),
  dehejia_wahba = c("age", "age2", "age3", "educ", "educ2", "marr", "nodegree", "black", "hisp", "re74", "re75", "u74",
                    "u75", "educ_re74"),
  ten = c("age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75", "u74", "u75"),
  eight = c("age", "age2", "educ", "black", "marr", "nodegree", "re74", "re75"))
found <- NULL
keep <- function(case, ...) {
  values <- c(...)
  found <<- rbind(found, data.frame(case = case, quantity = names(values), value = sprintf("%.15g", values)))
}
# Columns standardised, so that nothing is lost to their scales.
design <- function(d, names) cbind(1, scale(as.matrix(d[, names])))
logit <- function(d, names, y = "treat", rows = TRUE) {
  X <- design(d, names)
  fit <- suppressWarnings(glm.fit(X[rows, ], d[rows, y], family = binomial(), control = list(epsilon = 1e-15, maxit = 100)))
  drop(X %*% fit$coefficients)
}
effective <- function(w) sum(w)^2 / sum(w^2)
weights_of <- function(eta, t, estimand) {
  e <- plogis(eta); f <- plogis(-eta)
  switch(estimand, ATT = ifelse(t == 1, 1, exp(eta)), ATE = ifelse(t == 1, 1 / e, 1 / f), ATO = ifelse(t == 1, f, e))
}
# Standard error of a sum of what each unit moves, with g/(g - 1) for the units or clusters of either group.
spread <- function(pull, t, id = seq_along(t)) {
  g <- tapply(id, t, function(v) length(unique(v)))[as.character(t)]
  sqrt(sum(tapply(sqrt(g / (g - 1)) * pull, id, sum)^2))
}
# The survey's linearisation: weights as given, groups as strata; clusters of both groups cannot be in strata there.
given <- function(y, t, w, id = seq_along(y)) {
  data <- data.frame(y, t, w, id); alone <- length(unique(id)) == length(id)
  fit <- svyglm(y ~ t, svydesign(ids = ~id, weights = ~w, data = data))
  m <- sapply(0:1, function(k) weighted.mean(y[t == k], w[t == k]))
  pull <- (2 * t - 1) * w * (y - m[t + 1]) / tapply(w, t, sum)[t + 1]
  sums <- tapply(pull, id, sum); g <- length(sums)
  stopifnot(abs(SE(fit)["t"] / sqrt(g / (g - 1) * sum(sums^2)) - 1) < 1e-10)
  if (alone) {
    strata <- svyglm(y ~ t, svydesign(ids = ~id, strata = ~t, weights = ~w, data = data))
    stopifnot(abs(SE(strata)["t"] / spread(pull, t) - 1) < 1e-10)
  }
  c(estimate = unname(coef(fit)["t"]), error_given = spread(pull, t, id))
}
# The sandwich of all estimating equations together, with numerical derivatives (Stefanski & Boos 2002).
stacked <- function(equations, theta, contrast, t, id = seq_along(t)) {
  U <- equations(theta)
  A <- jacobian(function(p) colSums(equations(p)), theta)
  moved <- -U %*% t(solve(A))
  spread(drop(moved %*% contrast), t, id)
}
of_propensity <- function(d, names, estimand, id = seq_len(nrow(d))) {
  X <- design(d, names); t <- d$treat; y <- d$re78 / 1000; k <- ncol(X)
  b <- suppressWarnings(glm.fit(X, t, family = binomial(), control = list(epsilon = 1e-15, maxit = 100)))$coefficients
  w <- weights_of(drop(X %*% b), t, estimand)
  mu <- c(weighted.mean(y[t == 1], w[t == 1]), weighted.mean(y[t == 0], w[t == 0]))
  equations <- function(p) {
    eta <- drop(X %*% p[1:k]); w <- weights_of(eta, t, estimand)
    cbind((t - plogis(eta)) * X, t * w * (y - p[k + 1]), (1 - t) * w * (y - p[k + 2]))
  }
  1000 * stacked(equations, c(b, mu), c(rep(0, k), 1, -1), t, id)
}
for (spec in c("eleven", "dehejia_wahba")) for (estimand in c("ATT", "ATE", "ATO")) {
  w <- weights_of(logit(cps, covariates[[spec]]), cps$treat, estimand)
  keep(paste("propensity", spec, estimand, "cps"), given(cps$re78, cps$treat, w),
       error_estimated = of_propensity(cps, covariates[[spec]], estimand),
       n_programme = effective(w[cps$treat == 1]), n_comparison = effective(w[cps$treat == 0]))
}
w <- weights_of(logit(cps, covariates$eleven), cps$treat, "ATT")
keep("propensity eleven ATT cps by age", given(cps$re78, cps$treat, w, cps$age),
     error_estimated = of_propensity(cps, covariates$eleven, "ATT", cps$age))

# Entropy balancing: the dual of Hainmueller (2012), solved as a root.
balance <- function(d, X) {
  t <- d$treat; Z <- scale(X, center = colMeans(X[t == 1, ]), scale = apply(X, 2, sd)); Zc <- Z[t == 0, ]
  w <- function(l) { v <- drop(Zc %*% l); v <- exp(v - max(v)); v / sum(v) }
  start <- optim(rep(0, ncol(Z)), function(l) { v <- drop(Zc %*% l); max(v) + log(sum(exp(v - max(v)))) },
                 function(l) colSums(w(l) * Zc), method = "BFGS", control = list(maxit = 1000, reltol = 1e-14))$par
  root <- nleqslv(start, function(l) colSums(w(l) * Zc), method = "Newton", control = list(ftol = 1e-13, xtol = 1e-14))
  stopifnot(max(abs(root$fvec)) < 1e-12)
  list(weights = replace(rep(1, length(t)), t == 0, w(root$x) * sum(t)), Z = Z)
}
for (moments in 1:2) {
  X <- as.matrix(cps[, covariates$ten])
  if (moments == 2) X <- cbind(X, scale(X[, c("age", "educ", "re74", "re75")])^2)
  made <- balance(cps, X); w <- made$weights; t <- cps$treat; y <- cps$re78 / 1000; D <- cbind(1, made$Z); k <- ncol(D)
  gamma <- qr.solve(D[t == 0, ], log(w[t == 0]))
  mu <- c(mean(y[t == 1]), weighted.mean(y[t == 0], w[t == 0]))
  equations <- function(p) {
    v <- exp(drop(D %*% p[1:k]))
    cbind((t - (1 - t) * v) * D, t * (y - p[k + 1]), (1 - t) * v * (y - p[k + 2]))
  }
  keep(paste("entropy", moments), given(cps$re78, t, w), n_comparison = effective(w[t == 0]),
       error_estimated = 1000 * stacked(equations, c(gamma, mu), c(rep(0, k), 1, -1), t))
}

# Doubly robust: weighted means and what each unit moves them, by hand from glm and lm; beside it the sums of Robins,
# Rotnitzky & Zhao (1994), whose weights do not add up to the size of the groups.
augmented <- function(d, names, estimand, outcome = "re78", logistic = FALSE, id = seq_len(nrow(d))) {
  X <- design(d, names); t <- d$treat; y <- d[[outcome]]; eta <- logit(d, names)
  m <- function(rows) if (logistic) plogis(logit(d, names, outcome, rows)) else
    drop(X %*% lm.fit(X[rows, ], y[rows])$coefficients)
  m1 <- m(t == 1); m0 <- m(t == 0)
  if (estimand == "ATE") {
    psi <- m1 - m0 + t * (y - m1) / plogis(eta) - (1 - t) * (y - m0) / plogis(-eta)
    a <- t / plogis(eta); b <- (1 - t) / plogis(-eta)
    r1 <- weighted.mean(y - m1, a); r0 <- weighted.mean(y - m0, b)
    effect <- mean(m1 - m0) + r1 - r0
    pull <- (m1 - m0 - mean(m1 - m0)) / length(t) + a * (y - m1 - r1) / sum(a) - b * (y - m0 - r0) / sum(b)
    sums <- mean(psi)
  } else {
    psi <- t * (y - m0) - (1 - t) * exp(eta) * (y - m0)
    b <- (1 - t) * exp(eta)
    r1 <- weighted.mean(y - m0, t); r0 <- weighted.mean(y - m0, b)
    effect <- r1 - r0; pull <- t * (y - m0 - r1) / sum(t) - b * (y - m0 - r0) / sum(b)
    sums <- sum(psi) / sum(t)
  }
  c(estimate = effect, error = spread(pull, t, id), estimate_sums = sums)
}
for (estimand in c("ATT", "ATE")) {
  keep(paste("augmented nsw", estimand), augmented(nsw, covariates$eleven, estimand))
  keep(paste("augmented cps", estimand), augmented(cps, covariates$eleven, estimand))
  keep(paste("augmented nsw work", estimand), augmented(nsw, covariates$eight, estimand, "work", TRUE))
}
keep("augmented cps ATT by age", augmented(cps, covariates$eleven, "ATT", id = cps$age))

# Matching. Scores are whole numbers, so that what is tied is tied in both languages.
# Distances are of X in its standard deviations; the tolerance is of their squares.
cps$score <- round(1000 * logit(cps, covariates$eleven)); nsw$score <- round(100 * logit(nsw, covariates$eleven))
matched <- function(case, d, X = d$score, ...) {
  made <- Match(d$re78, d$treat, X, estimand = "ATT", ties = TRUE, Var.calc = 1, distance.tolerance = 1e-14, ...)
  keep(case, estimate = made$est, error = made$se, n_matched = length(unique(made$index.treated)),
       n_pairs = length(made$index.treated))
  unique(made$index.treated)
}
for (M in 1:3) invisible(c(matched(paste("matched cps", M), cps, M = M), matched(paste("matched nsw", M), nsw, M = M)))
# Standard errors with a caliper count who was dropped: match those that are left without one.
pooled <- sqrt(mean(tapply(cps$score, cps$treat, var)))
left <- matched("caliper cps", cps, M = 1, caliper = 0.01 * pooled / sd(cps$score))
invisible(matched("caliper cps left", cps[cps$treat == 0 | seq_len(nrow(cps)) %in% left, ], M = 1))
invisible(matched("exact cps", cps, cbind(cps$score, cps$black, cps$marr), M = 1, exact = c(FALSE, TRUE, TRUE)))
# Without replacement: MatchIt, with distances large enough for its version 4.5.1, which cuts them to whole numbers.
free <- function(case, d, ...) {
  made <- matchit(treat ~ age, data = d, distance = d$score * 1e6, m.order = "largest", replace = FALSE, ...)
  t <- d$treat == 1; w <- made$weights
  used <- rownames(made$match.matrix)[!is.na(made$match.matrix[, 1])]
  keep(case, estimate = weighted.mean(d$re78[t], w[t]) - weighted.mean(d$re78[!t], w[!t]), n_matched = length(used))
}
# Unique scores: no ties to break.
cps$score <- 1000 * logit(cps, covariates$eleven) + (seq_len(nrow(cps)) - 1) * 1e-3
free("free cps 1", cps, ratio = 1)
free("free cps 2", cps, ratio = 2)
# Exact matching gives weights of which MatchIt prints the standardised differences.
balanced <- function(estimand) {
  s <- summary(matchit(treat ~ black + hisp + marr + nodegree, data = cps, method = "exact", estimand = estimand),
               addlvariables = ~ age + educ + re74 + re75 + u74 + u75, data = cps)
  columns <- c("Means Treated", "Means Control", "Std. Mean Diff.")
  rows <- setdiff(rownames(s$sum.all), "distance")
  data.frame(estimand, covariate = rows, s$sum.all[rows, columns], s$sum.matched[rows, columns])
}
differences <- rbind(balanced("ATT"), balanced("ATE"))
names(differences)[3:8] <- c("mean_programme", "mean_comparison", "difference", "weighted_mean_programme",
                             "weighted_mean_comparison", "weighted_difference")
differences[, 3:8] <- lapply(differences[, 3:8], function(v) sprintf("%.15g", v))
write.csv(differences, "tests/reference/adjustment_balance.csv", row.names = FALSE, quote = FALSE)
write.csv(found, "tests/reference/adjustment.csv", row.names = FALSE, quote = FALSE)
