"""Forms: what people type, turned into typed values or into sentences that say what to correct."""
