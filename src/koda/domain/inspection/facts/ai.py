"""Which services are of artificial intelligence: models, and what is made by them."""

_SERVICES = frozenset(
    name.casefold()
    for name in (
        *("Anthropic", "Anthropic Claude", "AssemblyAI", "AWS Bedrock", "Azure OpenAI", "Cohere"),
        *("D-ID", "DeepSeek", "Dumpling AI", "ElevenLabs", "fal", "Google Gemini", "Google PaLM"),
        *("Google Vertex", "Google Vertex AI", "Groq", "HeyGen", "Hugging Face"),
        *("Hugging Face Inference", "Humantic AI", "Jina AI", "Kie.ai", "Lemonade", "Leonardo.Ai"),
        *("LlamaIndex", "MiniMax", "Mistral AI", "Mistral Cloud", "Moonshot Kimi", "NVIDIA"),
        *("NVIDIA Nemotron", "Ollama", "OpenAI", "OpenRouter", "Perplexity", "Qwen Cloud"),
        *("Replicate", "Runway", "Stability AI", "Together AI", "Vapi", "Vercel AI Gateway"),
        *("xAI", "xAI Grok"),
    )
)


def is_ai_service(name: str) -> bool:
    """Whether an app, or a service by its hosts, is known to be of AI, whatever its case."""
    return name.casefold() in _SERVICES
