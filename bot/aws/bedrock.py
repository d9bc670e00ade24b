"""Amazon Bedrock: the one call that is no read of the estate, made only where a language model is configured."""

from bot.aws.lookup import Operation

CONVERSE = Operation("bedrock-runtime", "Converse", action="bedrock:InvokeModel", reads="what a language model says")
