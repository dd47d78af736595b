-- What an application asked for by name is told again whenever its tokens are renewed. Written as 0001 is: TEXT and BIGINT only.

-- As JSON; nothing where nothing was asked for, and in families of before.
alter table token_families add column claims text;
