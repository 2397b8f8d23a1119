-- Run once, by the owner, in the empty database (the postgres image does so at its first start).
--
-- The role of the application owns nothing: it can't truncate, alter a table or switch a trigger off. What it may do with
-- each table is granted after each migration by `manage.py grant_app_role evenkeel_app`. So even a taken-over web process
-- can't rewrite what happened.
\getenv password APP_DATABASE_PASSWORD
CREATE ROLE evenkeel_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'password';
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT CONNECT ON DATABASE :DBNAME TO evenkeel_app;
GRANT USAGE ON SCHEMA public TO evenkeel_app;
