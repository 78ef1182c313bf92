// Starts GraphiQL on the service that serves this page. A query in the address (?query=...&variables=...) is opened.
const address = new URLSearchParams(window.location.search);

const welcome = `# Ask the graph. Ctrl-Enter runs the query, Ctrl-Space completes, the book on the left shows the schema.
query Find($text: String!) {
  search(text: $text, first: 5) {
    score
    concept {
      id
      name
      nameZh
      facts(first: 5) {
        edges {
          predicate
          confidence
          status
          node { id name }
          evidence(first: 1) { quote sectionTitle document { title version } }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}
`;

ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: window.location.pathname }),
    defaultQuery: welcome,
    query: address.get("query") ?? undefined,
    variables: address.get("variables") ?? (address.has("query") ? undefined : '{ "text": "warfarin" }'),
    defaultEditorToolsVisibility: true,
  }),
);
