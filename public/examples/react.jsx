import { useEffect, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import "portico-sign-in";

function SignIn({ onSignedIn, ...settings }) {
  const widget = useRef(null);
  useEffect(() => {
    const { current } = widget;
    const hear = ({ detail }) => onSignedIn(detail.user);
    current.addEventListener("signed-in", hear);
    return () => current.removeEventListener("signed-in", hear);
  }, [onSignedIn]);
  return <portico-sign-in ref={widget} {...settings} />;
}

function Bakery({ settings }) {
  const [user, setUser] = useState(null);
  return (
    <main>
      <h1>The bakery</h1>
      <SignIn onSignedIn={setUser} {...settings} />
      {user && <p id="greeting">Good morning, {user.name}</p>}
    </main>
  );
}

export const show = (place, settings) => createRoot(place).render(<Bakery settings={settings} />);
