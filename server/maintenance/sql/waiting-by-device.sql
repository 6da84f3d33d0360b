select reason, format, device_name as name, count(*) as letters
from dead_letter
where device_name is not null
group by reason, format, device_name
