"""Clusters of passages, named in the words that people use. The only part of minecop that imports BERTopic, and with it torch."""
