select id, code, valid_from as "validFrom", valid_to as "validTo" from school
