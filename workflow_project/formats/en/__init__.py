"""The English pages keep the day before the month: the decisions they speak of do."""
