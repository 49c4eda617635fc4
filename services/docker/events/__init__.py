"""What happens to containers by itself: heard from the engine, judged, counted, and handed on to be told."""
