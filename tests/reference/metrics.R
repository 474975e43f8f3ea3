# What R says of fits on data that it ships; metrics.py reads the lines "name value value …".

suppressPackageStartupMessages(library(car))

show <- function(name, values) {
  cat(name, formatC(as.numeric(values), digits = 17, format = "g"), "\n")
}

show_terms <- function(name, inflation) {
  inflation <- if (is.matrix(inflation)) inflation else cbind(inflation, 1, sqrt(inflation))
  show(paste0(name, ".gvif"), inflation[, 1])
  show(paste0(name, ".degrees_of_freedom"), inflation[, 2])
  show(paste0(name, ".adjusted"), inflation[, 3])
}

# Counts: yarn breaks by wool and tension.
show("warpbreaks.breaks", warpbreaks$breaks)
show("warpbreaks.wool", as.integer(warpbreaks$wool))
show("warpbreaks.tension", as.integer(warpbreaks$tension))
counts <- glm(breaks ~ wool + tension, poisson, warpbreaks, control = list(epsilon = 1e-15))
show("warpbreaks.coefficients", coef(counts))
show("warpbreaks.standard_errors", coef(summary(counts))[, 2])
show("warpbreaks.statistics", coef(summary(counts))[, 3])
show("warpbreaks.p_values", coef(summary(counts))[, 4])
show("warpbreaks.mean", fitted(counts))
show("warpbreaks.deviance", deviance(counts))
show("warpbreaks.null_deviance", counts$null.deviance)
show("warpbreaks.log_likelihood", logLik(counts))
show("warpbreaks.aic", AIC(counts))
show("warpbreaks.bic", BIC(counts))

# Numbers, a factor of three levels, and a column that is the sum of two others.
show("duncan.income", Duncan$income)
show("duncan.education", Duncan$education)
show("duncan.type", as.integer(Duncan$type))
show("duncan.prestige", Duncan$prestige)
numbers <- lm(prestige ~ income + education + type, Duncan)
show("duncan.covariance", vcov(numbers))
show_terms("duncan.vif", vif(numbers))
show_terms("duncan_logistic.vif", vif(glm(prestige > 50 ~ income + type, binomial, Duncan,
                                          control = list(epsilon = 1e-15))))
show("duncan_logistic.covariance", vcov(glm(prestige > 50 ~ income + type, binomial, Duncan,
                                            control = list(epsilon = 1e-15))))
aliased <- lm(prestige ~ income + education + I(income + education), Duncan)
stopifnot(identical(unname(is.na(coef(aliased))), c(FALSE, FALSE, FALSE, TRUE)))
show("duncan_aliased.coefficients", coef(summary(aliased))[, 1])
show("duncan_aliased.standard_errors", coef(summary(aliased))[, 2])
show("duncan_aliased.statistics", coef(summary(aliased))[, 3])
show("duncan_aliased.p_values", coef(summary(aliased))[, 4])
show("duncan_aliased.lower", confint(aliased)[1:3, 1])
show("duncan_aliased.upper", confint(aliased)[1:3, 2])
show("duncan_aliased.sum_of_squares", deviance(aliased))
show("duncan_aliased.degrees_of_freedom", df.residual(aliased))
