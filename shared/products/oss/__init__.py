"""OSS: custom domains (CNAMEs) of buckets."""
