"""Steps of vectors, matrices and indices: compared at small sizes, then proved for every size."""
