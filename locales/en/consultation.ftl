# consultation
