"""Who is there: signing in and out, passwords, single sign-on, logins."""
