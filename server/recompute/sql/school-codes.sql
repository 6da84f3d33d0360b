select id, code from school
