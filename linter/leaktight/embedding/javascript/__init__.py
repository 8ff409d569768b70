"""SQL in JavaScript and TypeScript: found by the call that runs it, folded, mapped to where it stands.

A sink's name ends with a backtick where holes are *bound*: ``sql`…` ``, ``$queryRaw`…` ``, and
``db.execute(sql`…`)`` send a hole's value apart from the text. Without it a hole is pasted into the text.
"""

from leaktight.embedding.javascript.embed import embed
from leaktight.embedding.javascript.gate import gate

__all__ = ["embed", "gate"]
