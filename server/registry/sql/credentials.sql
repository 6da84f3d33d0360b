select credential.username, credential.secret_hash, school.code || '/' || device.code as holder
from device_credential as credential
join device on device.id = credential.device_id
join school on school.id = device.school_id
