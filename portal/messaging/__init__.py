"""Questions and answers about a referral."""
