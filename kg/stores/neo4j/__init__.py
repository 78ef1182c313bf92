"""The store on a Neo4j server: the same answers as the embedded one, through the same roles."""
