"""The professionals portal: reporting a worry about a child, and hearing back."""
