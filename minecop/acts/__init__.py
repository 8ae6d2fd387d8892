"""What each passage does: courtesy, request, concern, explainer, lesson and the like (speech acts)."""
