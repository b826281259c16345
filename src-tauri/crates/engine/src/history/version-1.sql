-- A file as the first version wrote it.
CREATE TABLE server (id INTEGER PRIMARY KEY, provider TEXT NOT NULL, base_url TEXT NOT NULL, UNIQUE (provider, base_url)) STRICT;
CREATE TABLE sample (
  server INTEGER NOT NULL, at INTEGER NOT NULL, latency_ms INTEGER, standing TEXT NOT NULL,
  PRIMARY KEY (server, at)
) STRICT, WITHOUT ROWID;
CREATE TABLE minute (
  server INTEGER NOT NULL, minute INTEGER NOT NULL, probes INTEGER NOT NULL, up INTEGER NOT NULL,
  answers INTEGER NOT NULL, latency_sum INTEGER NOT NULL, latency_max INTEGER,
  PRIMARY KEY (server, minute)
) STRICT, WITHOUT ROWID;
CREATE TABLE entry (id INTEGER PRIMARY KEY, config TEXT NOT NULL, at INTEGER NOT NULL, what TEXT NOT NULL, body TEXT NOT NULL) STRICT;
CREATE INDEX entry_at ON entry (config, at);
INSERT INTO server VALUES (1, 'lmstudio', 'http://127.0.0.1:1234/v1');
INSERT INTO sample VALUES (1, 1795442300000, 38, 'ready'), (1, 1795442310000, NULL, 'down');
INSERT INTO minute VALUES (1, 29924038, 2, 1, 1, 38, 38);
INSERT INTO entry VALUES (1, '/home/me/.openclaw/openclaw.json', 1795442400000, 'fallback.started',
  '{"at":1795442400000,"what":"fallback.started","subject":"lmstudio/my-local-model","name":"Local","to":"Opus","why":"Local did not answer (connection refused).","evidence":["log","probe"]}');
PRAGMA user_version = 1;
