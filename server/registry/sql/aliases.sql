select a.format || ':' || a.name as alias, school.code || '/' || device.code as holder
from device_alias as a
join device on device.id = a.device_id
join school on school.id = device.school_id
