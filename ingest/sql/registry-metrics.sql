select id, code, unit, minimum, maximum from metric
