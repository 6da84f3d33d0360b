update registry_version set version = version + 1
