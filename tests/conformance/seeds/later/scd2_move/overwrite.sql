UPDATE dim_users SET country = 'EU' WHERE user_id = '123';
