// Starts GraphiQL on the service that serves this page. A query in the address (?query=...&variables=...) is opened.
const address = new URLSearchParams(window.location.search);

const welcome = `# Ctrl-Enter runs it, Ctrl-Space completes.
# The book on the left shows the schema.
query Find($text: String!) {
  search(text: $text, first: 5) {
    score
    node {
      id
      name
      nameZh
      facts(first: 5) {
        edges {
          predicate
          confidence
          status
          node { id name }
          evidence(first: 1) {
            quote
            sectionTitle
            document { title version country }
          }
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
