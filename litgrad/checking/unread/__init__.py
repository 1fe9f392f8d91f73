"""Steps with pieces that are not read: proved where they hold whatever those pieces are."""
