#!/usr/bin/env Rscript
# Writes titanic.csv: the passengers (not the crew) of the data set `titanic` of R's package
# stablelearner (Debian: r-cran-stablelearner), in the layout of the well-known competition file.
#
#   Rscript data/make_titanic.R [OUTPUT]      default: titanic.csv beside this script

arguments <- commandArgs(trailingOnly = TRUE)
script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
output <- if (length(arguments)) arguments[1] else file.path(dirname(script), "titanic.csv")

# The shortest decimal text that reads back as the same double; "" for a missing value.
shortest <- function(values) {
  vapply(values, function(value) {
    if (is.na(value)) return("")
    for (digits in 1:17) {
      text <- format(value, digits = digits, scientific = FALSE, trim = TRUE)
      if (as.numeric(text) == value) return(text)
    }
    stop("no decimal text for ", value)
  }, "")
}

plain <- function(values) ifelse(is.na(values), "", as.character(values))
quoted <- function(texts) paste0('"', gsub('"', '""', enc2utf8(texts), fixed = TRUE), '"')

data("titanic", package = "stablelearner")
classes <- c("1st", "2nd", "3rd")
passengers <- titanic[titanic$class %in% classes, ]
stopifnot(nrow(passengers) == 1317, passengers$survived %in% c("no", "yes"))

rows <- with(passengers, paste(
  seq_along(name),
  as.integer(survived == "yes"),
  match(class, classes),
  quoted(name),
  plain(gender),
  shortest(age),
  plain(sibsp),
  plain(parch),
  shortest(ticketno),
  shortest(fare),
  plain(embarked),
  sep = ","))
header <- "PassengerId,Survived,Pclass,Name,Sex,Age,SibSp,Parch,Ticket,Fare,Embarked"

# Bytes as they are: UTF-8 and LF in every locale and on every system.
file <- file(output, "wb")
writeLines(c(header, rows), file, sep = "\n", useBytes = TRUE)
close(file)
